// A picture of a record whose file cannot be read says so in its place, where the browser would draw a broken one.

/** Start to watch. */
export function tellOfLostPictures(): void {
  document.addEventListener("error", ({ target }) => {
    if (!(target instanceof HTMLImageElement) || !target.closest(".pictures")) return;
    const said = document.createElement("span");
    said.className = "none";
    said.textContent = "This picture cannot be shown. Its file may be damaged, or of a kind that is not read.";
    target.replaceWith(said);
  }, { capture: true }); // errors of pictures do not bubble
}
