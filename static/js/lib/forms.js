/** What a reader has begun to fill in. */

/** Whether anything in `part` differs from how the page brought it. */
export function isFilledIn(part) {
  return [...part.querySelectorAll("input, select, textarea")].some(differs);
}

function differs(field) {
  if (field.type === "hidden") return false;
  if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected && option.value);
  return field.value !== field.defaultValue;
}
