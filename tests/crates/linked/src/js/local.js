export function double(n) { return 2 * n; }
export class Counter { constructor(n) { this.n = n; } next() { return this.n++; } }
