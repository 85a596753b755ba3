import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/** One OpenSearch node with the modules that Wiredesk needs; its argument is the folder above config/opensearch.yml. */
public final class WiredeskNode extends Node {
  /** Of 2.x the names end in "Plugin", of 3.x in "ModulePlugin"; the last is there where it was asked for. */
  private static final List<String> MODULES =
      List.of(
          "org.opensearch.transport.Netty4",
          "org.opensearch.analysis.common.CommonAnalysis",
          "org.opensearch.painless.Painless",
          "org.opensearch.security.OpenSearchSecurity");

  @SuppressWarnings({"unchecked", "rawtypes"}) // a collection of classes in 2.x, of descriptions in 3.x
  private WiredeskNode(Path home, Collection modules) {
    super(
        InternalSettingsPreparer.prepareEnvironment(
            Settings.builder().put("path.home", home.toString()).build(), Map.of(), home.resolve("config"), () -> "node"),
        modules,
        true);
  }

  public static void main(String[] arguments) throws Exception {
    Node node = new WiredeskNode(Path.of(arguments[0]).toAbsolutePath(), modules());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
    node.start();
    Thread.currentThread().join();
  }

  private static Collection<Object> modules() {
    boolean isDescribed = Version.CURRENT.major >= 3;
    List<Object> found = new ArrayList<>();
    for (String start : MODULES) {
      String name = start + (isDescribed ? "ModulePlugin" : "Plugin");
      try {
        Class<?> module = Class.forName(name);
        found.add(isDescribed ? description(name) : module);
      } catch (ClassNotFoundException absent) {
        // not among the jars: the node runs without it
      }
    }
    return found;
  }

  private static PluginInfo description(String name) {
    return new PluginInfo(name, "a module", "", Version.CURRENT, "", name, null, List.of(), false);
  }

  private static void close(Node node) {
    try {
      node.close();
    } catch (Exception error) {
      error.printStackTrace();
    }
  }
}
