// What is cut at its side and can be scrolled there (tables, tabs) says so by a shadow (styles.css), and the tab that is
// open is in sight.

const SCROLLED = ".scroll, .tabs";
const sized = new ResizeObserver((entries) => entries.forEach(({ target }) => mark(target)));

function mark(box: Element): void {
  const before = box.scrollLeft > 1;
  const after = box.scrollLeft + box.clientWidth < box.scrollWidth - 1;
  box.toggleAttribute("data-more-before", before);
  box.toggleAttribute("data-more-after", after);
}

function watch(within: ParentNode): void {
  for (const box of within.querySelectorAll(SCROLLED)) {
    const open = box.matches(".tabs") ? box.querySelector<HTMLElement>("[aria-current]") : null;
    if (open && open.offsetLeft + open.offsetWidth > box.clientWidth) box.scrollLeft = open.offsetLeft - (box.clientWidth - open.offsetWidth) / 2;
    sized.observe(box); // tells of its size at once, too
  }
}

/** Start to watch. */
export function showCuts(): void {
  watch(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target instanceof Element) watch(event.target.parentElement ?? document);
  });
  document.addEventListener("scroll", ({ target }) => {
    if (target instanceof Element && target.matches(SCROLLED)) mark(target);
  }, { capture: true, passive: true });
}
