/**
 * DOM-13, silent domain: every trust domain is watched by alarms of its own, which somebody hears and nobody mutes.
 *
 * Presence is judged of domains that the constructs made (signals.ts), of zones of a shared gateway by what tells them apart
 * there (zone-signals.ts): whatever an escape hatch took away is named.
 * That alarms are heard is silent-alarms.ts, that nobody mutes them who-may-mute.ts; both also judge alarms
 * of domains that a configuration declares. An alarm, a topic or a log that two domains share is DOM-2's.
 * Who subscribes to a topic outside the templates is an assumption, which every report prints.
 */
import type { Model } from '../model/model';
import type { Check } from './check';
import { type Finding, OF_A_SETTING } from './finding';
import { type Belongings, madeDomains, SIGNALS, typed, unwatched } from './signals';
import { silences } from './silent-alarms';
import { muting } from './who-may-mute';
import { zoneSignals } from './zone-signals';

export const monitoringIsOwnAndAudible: Check = {
  id: 'DOM-13',
  compliant: 'every trust domain has alarms of its own, which are heard and which nobody may mute',
  run: (model, context) => {
    const made = madeDomains(model);
    return [
      ...made.flatMap((own) => absences(own, model)),
      ...silences(model, made, context),
      ...muting(model, context),
    ];
  },
};

function absences(own: Belongings, model: Model): readonly Finding[] {
  const { missing, unclear } = unwatched(own, model, own.zone === undefined ? SIGNALS : zoneSignals(own.zone, model));
  const dashboard = typed(own.resources, 'AWS::CloudWatch::Dashboard').length > 0;
  const fix = 'leave the alarms, filters and rules of the domain as its construct makes them';
  return [
    ...(missing.length === 0
      ? []
      : [finding(own, 'violated', `no alarm of the domain \`${own.domain}\` watches: ${missing.join(', ')}`, fix)]),
    ...(unclear.length === 0
      ? []
      : [
          finding(
            own,
            'undecided',
            `it cannot be decided whether an alarm of the domain \`${own.domain}\` watches: ${unclear.join(', ')}`,
            `${fix}, with values that the template gives`,
          ),
        ]),
    ...(dashboard ? [] : [finding(own, 'violated', `the domain \`${own.domain}\` has no dashboard`, fix)]),
  ];
}

function finding(own: Belongings, severity: Finding['severity'], message: string, fix: string): Finding {
  const named = own.zone === undefined ? 'AWS::ApiGateway::RestApi' : 'AWS::ApiGateway::Method';
  const apis = typed(own.resources, named).map(({ origin }) => origin.path);
  return {
    id: 'DOM-13',
    severity,
    message,
    ...OF_A_SETTING,
    constructPaths: apis,
    fix,
  };
}
