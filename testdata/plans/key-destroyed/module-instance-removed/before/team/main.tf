variable "keys" {
  type = set(string)
}

module "key" {
  source   = "./key"
  for_each = var.keys
}
