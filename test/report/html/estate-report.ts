/** The report on a generated estate, as the page gets it. */
import { analyse } from '../../../lib/report/analyse';
import type { Report } from '../../../lib/report/report';
import { estate } from '../../reach/estate';

export function estateReport(domains: number, seeds: number): Report {
  const { templates, configuration } = estate(domains, seeds);
  const crossing = {
    from: 'd0001',
    to: 'd0002',
    actions: ['execute-api:Invoke'],
    resources: ['arn:aws:execute-api:*:*:abc/*'],
    justification: 'orders are invoiced',
    approvedBy: 'security',
    expires: '2999-12-31',
  };
  return analyse(
    { templates },
    {
      source: 'test',
      configuration: {
        domains: Object.fromEntries(
          configuration.domains.map(({ name, resources }) => [
            name,
            { resources, owner: `team-${name}`, exposure: 'internal' },
          ]),
        ),
        duties: Object.fromEntries(configuration.duties.map(({ duty, globs }) => [duty, globs])),
        crossings: [crossing],
      },
    },
  );
}
