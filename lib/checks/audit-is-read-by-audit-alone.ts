/**
 * AUD-2, trail that operators read: nobody but the duty `audit` may read what an audit trail records, in its bucket,
 * by its key, or in the log group that gets a copy; and nobody with another duty comes to it by a chain.
 *
 * Judged by everybody's own policies and those of bucket and key together. The roles that deploy the app are judged by
 * who can drive them.
 */
import { auditTrailsOf, readingRequests } from './audit-trails';
import { chainFindings } from './chain-findings';
import type { Check } from './check';
import { holdersOf } from './trail-holders';

export const auditIsReadByAuditAlone: Check = {
  id: 'AUD-2',
  compliant: 'nobody but the duty audit may read what an audit trail records',
  run: (model, context) => {
    const requests = readingRequests(auditTrailsOf(model));
    if (requests.length === 0) return [];
    return [
      ...holdersOf(model, context, {
        id: 'AUD-2',
        requests,
        except: ({ duty }) => duty === 'audit',
        says: 'may read the audit trail',
        whose: "the auditors' alone",
      }),
      ...chainFindings(model, context, 'AUD-2'),
    ];
  },
};
