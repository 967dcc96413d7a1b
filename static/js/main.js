/** Brings a page's [data-module] elements to life; the page works without it. */

const mounted = new WeakMap();

async function mountModule(element, name) {
  const names = mounted.get(element) ?? new Set();
  if (names.has(name)) return;
  mounted.set(element, names.add(name));
  const { mount } = await import(`./modules/${name}.js`);
  mount(element);
}

function modulesOf(element) {
  return element.dataset.module.split(/\s+/).filter((name) => /^[a-z-]+$/.test(name));
}

/** Mounts every module in `root` (itself included) once; call it for inserted markup. */
export async function mountAll(root = document) {
  const elements = [...root.querySelectorAll("[data-module]")];
  if (root instanceof Element && root.matches("[data-module]")) elements.unshift(root);
  const started = elements.flatMap((element) => modulesOf(element).map((name) => mountModule(element, name)));
  const results = await Promise.allSettled(started);
  for (const { reason } of results.filter(({ status }) => status === "rejected")) console.error(reason);
}

mountAll();
