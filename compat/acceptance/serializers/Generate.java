import java.io.File;
import org.apache.avro.Schema;
import org.apache.avro.compiler.specific.SpecificCompiler;
import org.apache.avro.generic.GenericData;

/** Classes of an Avro schema by Avro's own compiler: {@code Generate SCHEMA FOLDER}. */
public final class Generate {
  private Generate() {}

  public static void main(String[] words) throws Exception {
    Schema schema = new Schema.Parser().parse(new File(words[0]));
    SpecificCompiler compiler = new SpecificCompiler(schema);
    compiler.setStringType(GenericData.StringType.String);
    compiler.compileToDestination(new File(words[0]), new File(words[1]));
  }
}
