"""For how long somebody may not speak in a place, or a whole place is slow or locked."""
