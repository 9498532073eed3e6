/**
 * Whether a rule that AWS WAF asks first may let requests of a zone past the rules that follow: what allows a request ends
 * the evaluation (https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-processing.html).
 */
import type { Model, Zone } from '../model/model';
import type { SharedGateway } from './shared-gateways';
import { missesAll, touches } from './zone-coverage';
import type { Rule } from './zone-rules';

export interface LetPast {
  readonly rule: string;
  /** It lets past some that are plainly the zone's, or tells requests apart by something else than their path; otherwise it may. */
  readonly is: 'certain' | 'possible';
}

/** @param rules those that are asked before. */
export function letPast(rules: readonly Rule[], zone: Zone, gateway: SharedGateway, model: Model): LetPast | undefined {
  const found = rules.flatMap(({ name, action, statement }): readonly LetPast[] => {
    if (action !== 'Allow' && action !== 'unknown') return [];
    if (statement !== undefined && missesAll(statement, zone, gateway, model)) return [];
    const spares = statement !== undefined && touches(statement, zone, gateway, model) === false;
    return [{ rule: name, is: action === 'Allow' && !spares ? 'certain' : 'possible' }];
  });
  return found.find(({ is }) => is === 'certain') ?? found[0];
}
