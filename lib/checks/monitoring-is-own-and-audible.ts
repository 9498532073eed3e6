/**
 * DOM-13, silent domain: every trust domain is watched by alarms of its own, which somebody hears and nobody mutes.
 *
 * Presence is judged of domains that the constructs made, at each stage of their API (signals.ts), of zones of a shared gateway by what tells them apart
 * there (zone-signals.ts): whatever an escape hatch took away is named.
 * That alarms are heard is silent-alarms.ts, that nobody mutes them who-may-mute.ts; both also judge alarms
 * of domains that a configuration declares. An alarm, a topic or a log that two domains share is DOM-2's.
 * Who subscribes to a topic outside the templates is an assumption, which every report prints.
 */
import type { Model, Resource } from '../model/model';
import { typed } from './by-type';
import type { Check } from './check';
import { type Finding, OF_A_SETTING } from './finding';
import { type Belongings, madeDomains } from './made-domains';
import { SIGNALS, unwatched } from './signals';
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
  const faults = unwatched(own, model, own.zone === undefined ? SIGNALS : zoneSignals(own.zone, model));
  const dashboards = typed(own.resources, 'AWS::CloudWatch::Dashboard');
  const fix = 'leave the alarms, filters and rules of the domain as its construct makes them';
  return [
    ...faults.flatMap(({ stage, missing, unclear }) => {
      const at = stage === undefined ? '' : ` at the stage \`${stage.origin.path}\``;
      const mend = stage === undefined ? fix : 'have alarms of the domain watch this stage as well, or remove it';
      return [
        ...(missing.length === 0
          ? []
          : [
              finding(
                own,
                stage,
                'violated',
                `no alarm of the domain \`${own.domain}\` watches${at}: ${missing.join(', ')}`,
                mend,
              ),
            ]),
        ...(unclear.length === 0
          ? []
          : [
              finding(
                own,
                stage,
                'undecided',
                `it cannot be decided whether an alarm of the domain \`${own.domain}\` watches${at}: ${unclear.join(', ')}`,
                `${mend}, with values that the template gives`,
              ),
            ]),
      ];
    }),
    ...(dashboards.some(({ when }) => when === undefined)
      ? []
      : dashboards.length > 0
        ? [
            finding(
              own,
              undefined,
              'undecided',
              `the domain \`${own.domain}\` has a dashboard under a condition of the template alone`,
              'remove the condition',
            ),
          ]
        : [finding(own, undefined, 'violated', `the domain \`${own.domain}\` has no dashboard`, fix)]),
  ];
}

function finding(
  own: Belongings,
  stage: Resource | undefined,
  severity: Finding['severity'],
  message: string,
  fix: string,
): Finding {
  const named = own.zone === undefined ? 'AWS::ApiGateway::RestApi' : 'AWS::ApiGateway::Method';
  const apis = typed(own.resources, named).map(({ origin }) => origin.path);
  return {
    id: 'DOM-13',
    severity,
    message,
    ...OF_A_SETTING,
    constructPaths: [...apis, ...(stage === undefined ? [] : [stage.origin.path])],
    fix,
  };
}
