/**
 * What AWS charges, where a document states what a deployment costs: in US dollars, in us-east-1, as the pages stated it on 2026-11-26.
 * Other Regions may charge more.
 */
export const prices = {
  /** A transition of a Standard workflow, beyond the free 4,000 a month. Source: https://aws.amazon.com/step-functions/pricing/ */
  stateTransition: 0.025 / 1000,
  /** A metric that an alarm watches, for a month, beyond the ten free ones of an account. Source: https://aws.amazon.com/cloudwatch/pricing/ */
  alarmMetric: 0.1,
  /** A metric of one's own for a month, beyond the ten free ones of an account; billed for the hours in which it gets a value. Source: the same page. */
  customMetric: 0.3,
  /** A dashboard for a month, beyond the three free ones of an account. Source: the same page. */
  dashboard: 3,
};

/** The month in which AWS's own examples reckon. */
export const daysInMonth = 30;
