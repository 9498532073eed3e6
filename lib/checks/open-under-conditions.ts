/**
 * Statements of a resource's policy that name everybody under conditions: whether principals of other domains are among those
 * who meet them. Everybody of an account or an organisation is; whoever a service calls for is not.
 *
 * Who is in a network is DOM-9's, so a condition on a VPC or its endpoint is taken to keep other domains out. What a caller
 * brings along otherwise (an address, a tag, a second factor) only the deployment knows.
 */
import type { Principal } from '../model/model';
import { globMatches } from '../model/name-glob';
import type { Condition, Statement } from '../policy/document';
import { literal } from '../policy/text';

export type Admitted = 'nobody' | 'perhaps' | 'some';

/** Keys that requests carry only where a service makes them for somebody, or that say by whom such are made. */
export const OF_SERVICES =
  /^aws:(sourcearn|sourceaccount|sourceowner|sourceorgid|sourceorgpaths|principalisawsservice|principalservicename|principalservicenameslist)$/;
export const OF_NETWORKS = /^aws:(sourcevpc|sourcevpce|sourcevpcarn|vpceaccount|vpceorgid|vpceorgpaths)$/;
/** The address of a function is for whoever its methods of authentication let in; it is an API of its own. */
const OF_ADDRESSES = /^lambda:(functionurlauthtype|invokedviafunctionurl)$/;
const OF_ACCOUNTS = /^(aws:principalaccount|kms:calleraccount)$/;
/** Whether callers of other domains, whoever they are, meet conditions on the key or not is known. */
export function isPlainKey(key: string): boolean {
  const lower = key.toLowerCase();
  return lower.startsWith('bulkhead:') || OF_ACCOUNTS.test(lower) || MET_BY_ANYBODY.test(lower);
}

/** The caller chooses them with its request, or all principals of an organisation have them. */
const MET_BY_ANYBODY =
  /^(aws:(principalorgid|principalorgpaths|principaltype|securetransport|resourceaccount|resourceorgid|calledvia|calledviafirst|calledvialast|viaawsservice|requestedregion)|kms:viaservice|(?!aws:)[a-z0-9-]+:.*)$/;

/** Whether a principal of another domain may make the request of the statement. */
export function admittedBy({ conditions }: Statement, others: readonly Principal[]): Admitted {
  if (others.length === 0) return 'nobody';
  let perhaps = false;
  for (const condition of conditions) {
    const key = condition.key.toLowerCase();
    if (OF_ADDRESSES.test(key)) return 'nobody';
    if ((OF_SERVICES.test(key) || OF_NETWORKS.test(key)) && demands(condition)) return 'nobody';
    if (OF_ACCOUNTS.test(key) && demands(condition)) {
      if (!others.some((p) => condition.values.some((v) => mayBeAccount(literal(v), literal(p.account)))))
        return 'nobody';
    } else if (!key.startsWith('bulkhead:') && !MET_BY_ANYBODY.test(key)) perhaps = true;
  }
  return perhaps ? 'perhaps' : 'some';
}

/** The key must be there, with one of the values. */
function demands({ operator, ifExists, values }: Condition): boolean {
  if (ifExists || /Not|^Null$/.test(operator)) return false;
  return operator !== 'Bool' || values.every((v) => literal(v) === 'true');
}

function mayBeAccount(pattern: string | undefined, account: string | undefined): boolean {
  return pattern === undefined || account === undefined || pattern.includes('${') || globMatches(pattern, account);
}
