import type { Json, JsonObject } from "../../local/json";
import type { Answer } from "./fidelity-case";

/**
 * A state machine that answers the Task states of others, so that cases need no service but Step Functions. It is
 * started with a task token, the arguments of the call, and the steps that make up the answer.
 */
export const answeringMachine: JsonObject = {
  Comment: "Answers one call of a Task state under test.",
  QueryLanguage: "JSONata",
  StartAt: "Begin",
  States: {
    Begin: {
      Type: "Pass",
      Assign: {
        token: "{% $states.input.token %}",
        // An object around it, since $string leaves a text as it is; then the object is cut off.
        echo: "{% ($text := $string({ 'a': $states.input.arguments }); $substring($text, 5, $length($text) - 6)) %}",
        steps:
          "{% [$states.input.answers[$min([$states.input.call, $count($states.input.answers) - 1])].steps] %}",
        index: 0,
      },
      Next: "Go on",
    },
    "Go on": {
      Type: "Choice",
      Choices: [{ Condition: "{% $index < $count($steps) %}", Next: "Pause" }],
      Default: "Done",
    },
    Pause: { Type: "Wait", Seconds: "{% $steps[$index].afterSeconds %}", Next: "Act" },
    Act: {
      Type: "Choice",
      Choices: [
        { Condition: "{% $steps[$index].action = 'heartbeat' %}", Next: "Beat" },
        { Condition: "{% $steps[$index].action = 'fail' %}", Next: "Fail" },
        {
          Condition: "{% $steps[$index].action = 'echo' %}",
          Output: { text: "{% $echo %}" },
          Next: "Succeed",
        },
      ],
      Output: { text: "{% $steps[$index].output %}" },
      Default: "Succeed",
    },
    Beat: send("sendTaskHeartbeat", {}),
    Fail: send("sendTaskFailure", {
      Error: "{% $steps[$index].error %}",
      Cause: "{% $steps[$index].cause %}",
    }),
    Succeed: send("sendTaskSuccess", { Output: "{% $states.input.text %}" }),
    Done: { Type: "Succeed" },
  },
};

function send(action: string, members: JsonObject): JsonObject {
  return {
    Type: "Task",
    Resource: `arn:aws:states:::aws-sdk:sfn:${action}`,
    Arguments: { TaskToken: "{% $token %}", ...members },
    TimeoutSeconds: 60,
    // The task may have timed out meanwhile, as many cases want it to.
    Catch: [{ ErrorEquals: ["States.ALL"], Next: "Done" }],
    Assign: { index: "{% $index + 1 %}" },
    Output: {},
    Next: "Go on",
  };
}

/** @returns an answer as the steps that {@link answeringMachine} takes. */
export function stepsOf(answer: Answer): Json {
  const { afterSeconds = 0, heartbeatsAtSeconds = [] } = answer;
  let time = 0;
  const until = (second: number) => {
    const pause = Math.max(second - time, 0);
    time += pause;
    return pause;
  };
  const heartbeats = heartbeatsAtSeconds.map((second) => ({
    afterSeconds: until(second),
    action: "heartbeat",
  }));
  if ("never" in answer) return heartbeats;
  return [...heartbeats, { afterSeconds: until(afterSeconds), ...lastStep(answer) }];
}

function lastStep(answer: Exclude<Answer, { never: true }>): JsonObject {
  if ("error" in answer) return { action: "fail", error: answer.error, cause: answer.cause };
  if ("echo" in answer) return { action: "echo" };
  return { action: "succeed", output: JSON.stringify(answer.result) };
}
