variable "days" {
  type = number
}

module "key" {
  source = "./key"

  days = var.days
}
