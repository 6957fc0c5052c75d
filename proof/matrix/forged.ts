/** A stream key in the reasons of events that lie: it may stand in nothing that this project writes. */
export const forgedKey = "forged-stream-key";
