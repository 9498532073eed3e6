/** The registry: every check, in the order in which findings are shown. */
import { awsCatalogue } from '../catalog/catalogue';
import type { Assumption, Model } from '../model/model';
import { apisAreClassified } from './apis-are-classified';
import { appIsVisible } from './app-is-visible';
import { approvedAssetsStay } from './approved-assets-stay';
import { assumersAreNotShared } from './assumers-are-not-shared';
import { auditIsReadByAuditAlone } from './audit-is-read-by-audit-alone';
import { auditTrailIsImmutable } from './audit-trail-is-immutable';
import { authenticationIsNotShared } from './authentication-is-not-shared';
import { boundariesAreDisjoint } from './boundaries-are-disjoint';
import { type Check, CheckContext } from './check';
import { crossingsAreDeclared } from './crossings-are-declared';
import { domainsCanBeIsolated } from './domains-can-be-isolated';
import { domainsDeployIndependently } from './domains-deploy-independently';
import { dutiesAreNarrowlyTrusted } from './duties-are-narrowly-trusted';
import { withExceptions } from './exceptions-hold';
import type { CheckId, Finding } from './finding';
import { grantsStayInTheRemit } from './grants-stay-in-the-remit';
import { internalIsInvisible } from './internal-is-invisible';
import { keysStayInTheirDomain } from './keys-stay-in-their-domain';
import { methodsAreGuarded } from './methods-are-guarded';
import { monitoringIsOwnAndAudible } from './monitoring-is-own-and-audible';
import { mutualTlsIsComplete } from './mutual-tls-is-complete';
import { noBackdoors } from './no-backdoors';
import { noChainJoinsDuties } from './no-chain-joins-duties';
import { nobodyHoldsTwoDuties } from './nobody-holds-two-duties';
import { originsAndNetwork } from './origins-and-network';
import { ratesAreLimited } from './rates-are-limited';
import { readersDoNotWrite } from './readers-do-not-write';
import { resourcesAreNotShared } from './resources-are-not-shared';
import { rolesDoNotOverlap } from './roles-do-not-overlap';
import { secretsAreByReference } from './secrets-are-by-reference';
import { stagesShareNothing } from './stages-share-nothing';

export const CHECKS: readonly Check[] = [
  rolesDoNotOverlap,
  noChainJoinsDuties,
  assumersAreNotShared,
  grantsStayInTheRemit,
  boundariesAreDisjoint,
  nobodyHoldsTwoDuties,
  approvedAssetsStay,
  readersDoNotWrite,
  dutiesAreNarrowlyTrusted,
  noBackdoors,
  crossingsAreDeclared,
  resourcesAreNotShared,
  authenticationIsNotShared,
  methodsAreGuarded,
  internalIsInvisible,
  ratesAreLimited,
  originsAndNetwork,
  mutualTlsIsComplete,
  stagesShareNothing,
  secretsAreByReference,
  domainsDeployIndependently,
  keysStayInTheirDomain,
  auditTrailIsImmutable,
  auditIsReadByAuditAlone,
  monitoringIsOwnAndAudible,
  domainsCanBeIsolated,
  apisAreClassified,
  appIsVisible,
];

export function runChecks(model: Model): Finding[] {
  return [...examine(model).findings];
}

/** The findings of all checks, and what they rest on beside what the model rests on. */
export function examine(
  model: Model,
  progress?: (check: CheckId, done: number, of: number) => void,
): {
  readonly findings: readonly Finding[];
  readonly assumptions: readonly Assumption[];
} {
  const context = new CheckContext(awsCatalogue());
  const findings = withExceptions(
    model,
    CHECKS.flatMap((check, done) => {
      progress?.(check.id, done, CHECKS.length);
      return check.run(model, context);
    }),
  );
  return { findings, assumptions: context.reach(model).assumptions };
}
