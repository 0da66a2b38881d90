// The box of the search page: Enter asks, Shift+Enter begins a new line. A chosen picture is asked for at once.
for (const box of document.querySelectorAll<HTMLTextAreaElement>("textarea[data-enter]")) {
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    box.form?.requestSubmit();
  });
  box.setSelectionRange(box.value.length, box.value.length);
}
for (const file of document.querySelectorAll<HTMLInputElement>("form.box input[type='file']")) {
  file.addEventListener("change", () => {
    if (file.files?.length) file.form?.requestSubmit();
  });
}
