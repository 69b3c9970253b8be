#!/bin/sh
# kgctl: peer laptop
while uci -q delete network.@wireguard_kilo[0]; do :; done
uci -q delete network.kilo
uci batch <<'END'
set network.kilo=interface
set network.kilo.proto='wireguard'
set network.kilo.private_key='AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA='
set network.kilo.mtu='1420'
set network.kilo.listen_port='51820'
add_list network.kilo.addresses='10.5.0.1/32'
set network.kilo_alps=wireguard_kilo
set network.kilo_alps.description='location:alps, leader north'
set network.kilo_alps.public_key='3DZeedQc+uHDwNlpMZrmIWW4GxgVqGwyu8bGTL3yMRs='
set network.kilo_alps.preshared_key='AgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICE='
set network.kilo_alps.endpoint_host='203.0.113.1'
set network.kilo_alps.endpoint_port='51820'
set network.kilo_alps.persistent_keepalive='25'
set network.kilo_alps.route_allowed_ips='1'
add_list network.kilo_alps.allowed_ips='10.42.1.0/24'
add_list network.kilo_alps.allowed_ips='10.1.0.1/32'
add_list network.kilo_alps.allowed_ips='10.4.0.1/32'
set network.kilo_beach=wireguard_kilo
set network.kilo_beach.description='location:beach, leader south'
set network.kilo_beach.public_key='LaqNSgXfxkOrtExdWWZDDKMMl25Dfg94beVf/IZLmpg='
set network.kilo_beach.endpoint_host='203.0.113.2'
set network.kilo_beach.endpoint_port='51820'
set network.kilo_beach.route_allowed_ips='1'
add_list network.kilo_beach.allowed_ips='10.42.2.0/24'
add_list network.kilo_beach.allowed_ips='10.1.0.2/32'
add_list network.kilo_beach.allowed_ips='10.4.0.2/32'
set network.kilo_phone=wireguard_kilo
set network.kilo_phone.description='peer phone'
set network.kilo_phone.public_key='RVadpX9Le/Ry16hk70eBRRyuY4P+6fsK5AxZqhzkdbc='
set network.kilo_phone.route_allowed_ips='1'
add_list network.kilo_phone.allowed_ips='10.5.0.2/32'
commit network
del_list dhcp.@dnsmasq[0].rebind_domain='svc.cluster.local'
add_list dhcp.@dnsmasq[0].rebind_domain='svc.cluster.local'
del_list dhcp.@dnsmasq[0].rebind_domain='cluster.local'
add_list dhcp.@dnsmasq[0].rebind_domain='cluster.local'
del_list dhcp.@dnsmasq[0].server='/svc.cluster.local/10.96.0.10'
add_list dhcp.@dnsmasq[0].server='/svc.cluster.local/10.96.0.10'
del_list dhcp.@dnsmasq[0].server='/cluster.local/10.96.0.10'
add_list dhcp.@dnsmasq[0].server='/cluster.local/10.96.0.10'
commit dhcp
END
