/** Says something to whoever uses a screen reader. The page's one live region shows it. */
export function announce(text: string): void {
  const region = document.getElementById("announcements");
  if (region) region.textContent = text;
}
