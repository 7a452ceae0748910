package dev.millrace.registry.schema.avro;

/**
 * What bytes of one type look like. {@link #read} moves the cursor behind a value, or says false
 * and leaves the reason there.
 */
sealed interface AvroShape {
  boolean read(AvroCursor cursor);

  /** Null: no bytes. */
  record Nothing() implements AvroShape {
    @Override
    public boolean read(AvroCursor cursor) {
      return true;
    }
  }

  /** Boolean: one byte, 0 or 1. */
  record Flag() implements AvroShape {
    @Override
    public boolean read(AvroCursor cursor) {
      int flag = cursor.next();
      return flag == 0
          || flag == 1
          || (flag == -1 && cursor.left() == 0
              ? cursor.ends()
              : cursor.fails("a boolean is neither 0 nor 1"));
    }
  }

  /** Int or long. */
  record Whole(boolean narrow) implements AvroShape {
    @Override
    public boolean read(AvroCursor cursor) {
      return cursor.number()
          && (!narrow
              || cursor.value == (int) cursor.value
              || cursor.fails("an int is out of range, value=" + cursor.value));
    }
  }

  /** Float, double, fixed. */
  record Sized(int size, String name) implements AvroShape {
    @Override
    public boolean read(AvroCursor cursor) {
      return cursor.skip(size) || cursor.fails("the bytes end within a " + name);
    }
  }

  /** Bytes or string. */
  record Counted(boolean text) implements AvroShape {
    @Override
    public boolean read(AvroCursor cursor) {
      return cursor.counted(text);
    }
  }

  /** Enum. */
  record Choice(String name, int size) implements AvroShape {
    @Override
    public boolean read(AvroCursor cursor) {
      return cursor.number()
          && (cursor.value >= 0 && cursor.value < size
              || cursor.fails(
                  "the enum "
                      + name
                      + " has no symbol of this number, number="
                      + cursor.value
                      + " symbols="
                      + size));
    }
  }

  /** Array or map: blocks of items, ended by one of none. */
  record Blocks(AvroShape item, boolean keyed) implements AvroShape {
    @Override
    public boolean read(AvroCursor cursor) {
      if (!cursor.deeper()) {
        return false;
      }
      while (cursor.number()) {
        long count = cursor.value;
        if (count == 0) {
          cursor.higher();
          return true;
        }
        if (count < 0) {
          count = -count;
          if (!cursor.number()
              || (cursor.value < 0 || cursor.value > cursor.left())
                  && !cursor.fails("the size of a block is wrong, bytes=" + cursor.value)) {
            return false;
          }
        }
        if (!block(cursor, count)) {
          return cursor.within(keyed ? "{}" : "[]");
        }
      }
      return false;
    }

    private boolean block(AvroCursor cursor, long count) {
      if (count < 0) {
        return cursor.fails("the count of a block is wrong, items=" + count);
      }
      for (long read = 0; read < count; read++) {
        int before = cursor.left();
        if (keyed && !cursor.counted(true) || !item.read(cursor)) {
          return false;
        }
        if (cursor.left() == before && !cursor.emptyItem()) {
          return false;
        }
      }
      return true;
    }
  }

  /** Union: the branch's number, then its value. */
  record Either(AvroShape[] branches) implements AvroShape {
    @Override
    public boolean read(AvroCursor cursor) {
      if (!cursor.number()) {
        return false;
      }
      long branch = cursor.value;
      if (branch < 0 || branch >= branches.length) {
        return cursor.fails(
            "the union has no branch of this number, number="
                + branch
                + " branches="
                + branches.length);
      }
      return branches[(int) branch].read(cursor);
    }
  }

  /** Record: its fields one after the other. */
  record Record(String[] names, AvroShape[] shapes) implements AvroShape {
    @Override
    public boolean read(AvroCursor cursor) {
      if (!cursor.deeper()) {
        return false;
      }
      for (int field = 0; field < shapes.length; field++) {
        if (!shapes[field].read(cursor)) {
          return cursor.within(names[field]);
        }
      }
      cursor.higher();
      return true;
    }
  }
}
