/** Shows the bar while the device has no connection; the live modules may show it for the socket too. */

export function mount(bar) {
  const show = () => { bar.hidden = navigator.onLine; };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
