/** Numbers for files in memory, so that what was learnt of one is found again. */
const numbers = new WeakMap<Blob, number>();
let next = 1;

export function identityOf(file: Blob): number {
  const known = numbers.get(file);
  if (known !== undefined) return known;
  numbers.set(file, next);
  return next++;
}
