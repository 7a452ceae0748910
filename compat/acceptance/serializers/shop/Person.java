package shop;

import java.util.List;

/** A class for JSON. */
public final class Person {
  public String name = "";
  public int age;
  public List<String> friends = List.of();

  @Override
  public boolean equals(Object other) {
    return other instanceof Person person
        && person.name.equals(name)
        && person.age == age
        && person.friends.equals(friends);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return "Person " + name + " " + age + " " + friends;
  }
}
