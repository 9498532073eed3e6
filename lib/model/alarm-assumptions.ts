/**
 * What a verdict rests on where nobody in the app hears a domain's alarms: that somebody outside of it does. People
 * subscribe by hand, and tools from accounts of their own, so that a topic has no subscriber is no finding.
 */
import type { Assumption, Resource } from './model';

export function assumptionsOfAlarms(resources: readonly Resource[]): readonly Assumption[] {
  const heard = new Set(
    resources
      .filter(({ origin }) => origin.type === 'AWS::SNS::Subscription')
      .flatMap(({ references }) => references.filter(({ at }) => at === 'TopicArn').map(({ to }) => to)),
  );
  const unheard = resources.filter(
    ({ id, part, properties }) => part === 'alarm-topic' && !heard.has(id) && properties.Subscription === undefined,
  );
  if (unheard.length === 0) return [];
  const domains = [...new Set(unheard.map(({ domain }) => `\`${domain}\``))].join(', ');
  return [
    {
      id: 'alarm-subscribers',
      text: `nobody in the templates hears the alarms of ${domains}: that somebody subscribes to them is seen to elsewhere`,
    },
  ];
}
