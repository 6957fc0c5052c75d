import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import software.amazon.event.ruler.GenericMachine;

/** Reads a pattern and an event in turns, a line each. Prints r (the pattern is refused), m (it matches) or n, a line each. */
class Verdicts {
  public static void main(String[] args) throws Exception {
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String pattern = lines.readLine(); pattern != null; pattern = lines.readLine()) {
      System.out.println(verdict(pattern, lines.readLine()));
    }
  }

  private static String verdict(String pattern, String event) throws Exception {
    var machine = new GenericMachine<String>();
    try {
      machine.addRule("rule", pattern);
    } catch (Exception refusal) {
      return "r";
    }
    return machine.rulesForJSONEvent(event).isEmpty() ? "n" : "m";
  }
}
