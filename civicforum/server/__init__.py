"""The server: gevent's pywsgi, Socket.IO inside; jobs run beside it.

Nothing of the application is imported before gevent has patched the standard library (see ``cli``).
"""

from civicforum.server.listening import inherit, listen
from civicforum.server.process import serve

__all__ = ["inherit", "listen", "serve"]
