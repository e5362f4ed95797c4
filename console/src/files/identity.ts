/** Numbers for files in memory, as keys for cached checks. */
const numbers = new WeakMap<Blob, number>();
let next = 1;

export function identityOf(file: Blob): number {
  const known = numbers.get(file);
  if (known !== undefined) return known;
  numbers.set(file, next);
  return next++;
}
