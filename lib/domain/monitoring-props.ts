/** What an author says about a trust domain's alarms. Each has a default that a small API can live with. */
import type { Duration } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopicSubscription } from 'aws-cdk-lib/aws-sns';

/** Who hears a trust domain's alarms, and when they are raised. Counts are of one `alarmPeriod`. */
export interface MonitoringProps {
  /**
   * Who hears the alarms: addresses, queues, functions.
   * @default - nobody yet: somebody subscribes to `alarmTopic` outside the app, which the report prints as an assumption
   */
  readonly alarmSubscribers?: ITopicSubscription[];

  /**
   * What every alarm does beside telling `alarmTopic`.
   * @default - nothing more
   */
  readonly alarmActions?: IAlarmAction[];

  /**
   * The time over which the alarms count: 1 minute, or a multiple of it up to an hour.
   * @default Duration.minutes(5)
   */
  readonly alarmPeriod?: Duration;

  /**
   * Answers with a status of 400 to 499 above which the alarm `client-errors` is raised.
   * @default 100
   */
  readonly alarmAboveClientErrors?: number;

  /**
   * Answers with a status of 500 to 599 above which the alarm `server-errors` is raised.
   * @default 5
   */
  readonly alarmAboveServerErrors?: number;

  /**
   * The time that 99 of 100 answers take at most, above which the alarm `latency` is raised.
   * @default Duration.seconds(5)
   */
  readonly alarmAboveLatency?: Duration;

  /**
   * Answers with the status 429 above which the alarm `throttled` is raised.
   * @default 50
   */
  readonly alarmAboveThrottled?: number;

  /**
   * Requests that the web ACL blocks, above which the alarm `blocked` is raised.
   * @default 100
   */
  readonly alarmAboveBlocked?: number;

  /**
   * Answers with the status 401 or 403 above which the alarm `authentication-failures` is raised.
   * @default 20
   */
  readonly alarmAboveAuthenticationFailures?: number;

  /**
   * Denied uses of the domain's key above which the alarm `denied-key-use` is raised.
   * @default 0 - every one raises it
   */
  readonly alarmAboveDeniedKeyUse?: number;

  /**
   * Standard deviations by which the number of requests may differ from what it usually is at that time, before the
   * alarm `unusual-requests` is raised.
   * @default 3
   */
  readonly alarmOutsideDeviations?: number;
}
