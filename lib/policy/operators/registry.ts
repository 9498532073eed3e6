/**
 * Every operator but `Null`, which asks about the key and not about its value. The type makes
 * leaving one out an error of compilation.
 */
import type { BaseOperator } from '../document';
import { ARN_OPERATORS } from './arn';
import { BINARY_OPERATORS } from './binary';
import { BOOL_OPERATORS } from './bool';
import { DATE_OPERATORS } from './date';
import { IP_OPERATORS } from './ip';
import { NUMERIC_OPERATORS } from './numeric';
import type { Operator } from './operator';
import { STRING_OPERATORS } from './string';

export const OPERATORS = {
  ...STRING_OPERATORS,
  ...NUMERIC_OPERATORS,
  ...DATE_OPERATORS,
  ...BOOL_OPERATORS,
  ...BINARY_OPERATORS,
  ...IP_OPERATORS,
  ...ARN_OPERATORS,
} as const satisfies Record<Exclude<BaseOperator, 'Null'>, Operator>;
