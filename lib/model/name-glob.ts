/**
 * Globs of the configuration: `*` is any run of characters (also across `/`), `?` is one. Matched
 * against names, never against other patterns.
 */

/** In time proportional to the product of the lengths; there is nothing to backtrack exponentially. */
export function globMatches(glob: string, name: string): boolean {
  let g = 0;
  let n = 0;
  let star = -1;
  let resume = 0;
  while (n < name.length) {
    if (glob[g] === '*') {
      star = g++;
      resume = n;
    } else if (g < glob.length && (glob[g] === '?' || glob[g] === name[n])) {
      g++;
      n++;
    } else if (star >= 0) {
      // Let the latest star take one character more.
      g = star + 1;
      n = ++resume;
    } else return false;
  }
  while (glob[g] === '*') g++;
  return g === glob.length;
}
