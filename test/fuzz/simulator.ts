/** The independent simulator, asked about policies alone: the resource leaves the decision to them. */
import { type SimulatorQuestion, simulate } from '../policy/simulator';
import type { PoliciesJson, RequestJson } from './policies-json';

const ACCOUNT = '111122223333';

/**
 * A KMS key and a role's trust policy must name the account before IAM policies count at all; this
 * one does, so the identity side decides, which is what overlap and subset ask about. Source:
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
const LEAVES_IT_TO_THE_ACCOUNT = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: '*', Resource: '*' }],
};

export function questionAbout(policies: PoliciesJson, request: RequestJson): SimulatorQuestion {
  return {
    principal: `arn:aws:iam::${ACCOUNT}:role/probe`,
    contextIsComplete: true,
    ...(policies as unknown as Pick<
      SimulatorQuestion,
      'identityPolicies' | 'permissionsBoundary' | 'serviceControlPolicies'
    >),
    ...(/^(kms|sts):/i.test(request.action) ? { resourcePolicy: LEAVES_IT_TO_THE_ACCOUNT } : {}),
    request: { ...request, resourceAccount: ACCOUNT },
  };
}

/** True iff the simulator allows the request to a role of the resource's own account. */
export function simulatorAllows(policies: PoliciesJson, request: RequestJson): boolean {
  return simulate(questionAbout(policies, request)) === 'allowed';
}
