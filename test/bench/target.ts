/** A measured number beside its target. */
export interface Measured {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The most that is allowed, or the least. */
  readonly most?: number;
  readonly least?: number;
}

export function met({ value, most, least }: Measured): boolean {
  return (most === undefined || value <= most) && (least === undefined || value >= least);
}

/** Prints a line a number; true iff all targets were met. */
export function report(numbers: readonly Measured[]): boolean {
  for (const one of numbers) {
    const limit = one.most !== undefined ? `≤ ${one.most}` : one.least !== undefined ? `≥ ${one.least}` : '';
    const verdict = limit === '' ? '' : `   target ${limit}: ${met(one) ? 'met' : 'MISSED'}`;
    console.log(`  ${one.what.padEnd(44)} ${format(one.value).padStart(12)} ${one.unit.padEnd(4)}${verdict}`);
  }
  return numbers.every(met);
}

function format(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value >= 10 ? value.toFixed(1) : value.toFixed(4);
}

/** The value below which the given share of the values lies; `values` is sorted in place. */
export function quantile(values: Float64Array, share: number): number {
  values.sort();
  return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
}
