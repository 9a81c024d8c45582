/** Gives the browser a file to save. */
export function save(name: string, text: string, kind = 'text/csv;charset=utf-8'): void {
  const url = URL.createObjectURL(new Blob([text], { type: kind }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
