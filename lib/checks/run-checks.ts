/** The registry: every check, in the order in which findings are shown. */
import { awsCatalogue } from '../catalog/catalogue';
import type { Model } from '../model/model';
import { apisAreClassified } from './apis-are-classified';
import { appIsVisible } from './app-is-visible';
import { boundariesAreDisjoint } from './boundaries-are-disjoint';
import { type Check, CheckContext } from './check';
import type { Finding } from './finding';
import { grantsStayInTheRemit } from './grants-stay-in-the-remit';
import { resourcesAreNotShared } from './resources-are-not-shared';
import { rolesDoNotOverlap } from './roles-do-not-overlap';

export const CHECKS: readonly Check[] = [
  rolesDoNotOverlap,
  grantsStayInTheRemit,
  boundariesAreDisjoint,
  resourcesAreNotShared,
  apisAreClassified,
  appIsVisible,
];

export function runChecks(model: Model): Finding[] {
  const context = new CheckContext(awsCatalogue());
  return CHECKS.flatMap((check) => check.run(model, context));
}
