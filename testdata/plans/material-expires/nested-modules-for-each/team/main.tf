variable "end" {
  type = string
}

module "key" {
  source = "./key"

  end = var.end
}
