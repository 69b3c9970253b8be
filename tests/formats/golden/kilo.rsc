# kgctl: peer laptop
/ip route remove [find comment="kgctl kilo"]
/ip address remove [find interface="kilo"]
/ipv6 route remove [find comment="kgctl kilo"]
/ipv6 address remove [find interface="kilo"]
/interface wireguard peers remove [find interface="kilo"]
/interface wireguard remove [find name="kilo"]
/interface wireguard add name="kilo" mtu=1420 listen-port=51820 private-key="AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=" comment="kgctl: peer laptop"
/ip address add address=10.5.0.1/32 interface="kilo"
/interface wireguard peers add interface="kilo" comment="location:alps, leader north" public-key="3DZeedQc+uHDwNlpMZrmIWW4GxgVqGwyu8bGTL3yMRs=" preshared-key="AgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICE=" endpoint-address="203.0.113.1" endpoint-port=51820 persistent-keepalive=25s allowed-address=10.42.1.0/24,10.1.0.1/32,10.4.0.1/32
/interface wireguard peers add interface="kilo" comment="location:beach, leader south" public-key="LaqNSgXfxkOrtExdWWZDDKMMl25Dfg94beVf/IZLmpg=" endpoint-address="203.0.113.2" endpoint-port=51820 allowed-address=10.42.2.0/24,10.1.0.2/32,10.4.0.2/32
/interface wireguard peers add interface="kilo" comment="peer phone" public-key="RVadpX9Le/Ry16hk70eBRRyuY4P+6fsK5AxZqhzkdbc=" allowed-address=10.5.0.2/32
/ip route add dst-address=10.42.1.0/24 gateway="kilo" comment="kgctl kilo"
/ip route add dst-address=10.1.0.1/32 gateway="kilo" comment="kgctl kilo"
/ip route add dst-address=10.4.0.1/32 gateway="kilo" comment="kgctl kilo"
/ip route add dst-address=10.42.2.0/24 gateway="kilo" comment="kgctl kilo"
/ip route add dst-address=10.1.0.2/32 gateway="kilo" comment="kgctl kilo"
/ip route add dst-address=10.4.0.2/32 gateway="kilo" comment="kgctl kilo"
/ip route add dst-address=10.5.0.2/32 gateway="kilo" comment="kgctl kilo"
# /ip dns static add type=FWD match-subdomain=yes name=svc.cluster.local forward-to=10.96.0.10
# /ip dns static add type=FWD match-subdomain=yes name=cluster.local forward-to=10.96.0.10
