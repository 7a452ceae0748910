package shop;

import java.util.List;

/** A class without any schema of its own, for reflection. */
public final class Article {
  public String name = "";
  public double weight;
  public List<Part> parts = List.of();

  /** A part. */
  public static final class Part {
    public int number = 3;

    @Override
    public boolean equals(Object other) {
      return other instanceof Part part && part.number == number;
    }

    @Override
    public int hashCode() {
      return number;
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Article article
        && article.name.equals(name)
        && article.weight == weight
        && article.parts.equals(parts);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return "Article " + name + " " + weight + " " + parts.size();
  }
}
