"""OpenSearch engine, for more stories than one machine holds: the same stories match, and in nearly the same order.

Written: a story becomes a document of tokens (documents, mapping), which goes to the index of its month (index_names)
in bulk requests (writing/). Read: the query tree becomes the cluster's query (query/), its answer the result
(collect/), of one index or of the live one (reader). What goes wrong is said in a sentence (connection).
"""

from index.engines.opensearch.engine import OpenSearchEngine
from index.engines.opensearch.settings import OpenSearchSettings

__all__ = ["OpenSearchEngine", "OpenSearchSettings"]
