"""The lists that a mesh is read from: servers have Nodes in protobuf, and custom resources only in JSON."""

from kgctl_py.kilo import resources
from kgctl_py.kilo.node_protobuf import node_from_protobuf
from kgctl_py.kube.liststream.read_list import InProtobuf, Source

NODE_LIST = Source(resources.NODES_PATH, resources.Node, InProtobuf("NodeList", node_from_protobuf))
PEER_LIST = Source(resources.PEERS_PATH, resources.Peer)
