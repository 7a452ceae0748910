/** An application that is a module. */
module millrace.acceptance {
  requires dev.millrace.serializers;
  requires kafka.clients;
  requires org.apache.avro;
}
