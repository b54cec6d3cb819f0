"""What a learner or an engineer wants shown: traces, graphs, paths, costs, comparisons."""
