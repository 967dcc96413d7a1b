/** Chooses the reader's own time zone in a list that still stands at UTC. */

export function mount(select) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isThere = [...select.options].some((option) => option.value === zone);
  if (select.value === "UTC" && isThere) select.value = zone;
}
