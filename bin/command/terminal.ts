/**
 * Colours, where somebody sees them: on a terminal, unless NO_COLOR is set (https://no-color.org). picocolors decides
 * by the environment; whether the report goes to the terminal at all is known here.
 */
import { createColors, isColorSupported } from 'picocolors';
import { PLAIN, type Style } from '../../lib/report/style';

/** @param file the report goes there instead */
export function styleFor(file: string | undefined): Style {
  if (file !== undefined || !process.stdout.isTTY || !isColorSupported) return PLAIN;
  const c = createColors(true);
  return { good: c.green, bad: c.red, warn: c.yellow, strong: c.bold, dim: c.dim };
}
