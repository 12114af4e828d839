"""The official metrics of public benchmarks, from predictions in the benchmarks' own formats."""
