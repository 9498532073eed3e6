/**
 * APP-1, invisible part: nothing in the app is hidden from the analysis. A macro, a nested template that
 * lies elsewhere, a loop that only CloudFormation can unroll may bring any role and any resource,
 * so no verdict is possible about an app with one.
 */
import type { Check } from './check';
import { type Finding, OF_A_SETTING } from './finding';

export const appIsVisible: Check = {
  id: 'APP-1',
  compliant: 'every template that will be deployed can be read',
  run: ({ gaps }) =>
    (gaps ?? []).map(
      ({ path, reason }): Finding => ({
        id: 'APP-1',
        severity: 'undecided',
        message: `\`${path}\` hides a part of the app: ${reason}`,
        ...OF_A_SETTING,
        constructPaths: [path],
        fix: 'write what it stands for into the app itself, so that it can be read',
      }),
    ),
};
