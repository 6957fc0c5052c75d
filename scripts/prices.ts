/**
 * What AWS charges, where a document states what a deployment costs: in US dollars, in us-east-1, as the pages stated it on 2026-11-26.
 * Other Regions may charge more.
 */
export const prices = {
  /** A transition of a Standard workflow, beyond the free 4,000 a month. Source: https://aws.amazon.com/step-functions/pricing/ */
  stateTransition: 0.025 / 1000,
};

/** The month in which AWS's own examples reckon. */
export const daysInMonth = 30;
